# Measurement invariance of syn_po16 over gender (2 groups) and grade (4 groups), and of the same answers in
# fewer options: makes invariance.json. Debian 12: r-cran-lavaan r-cran-semtools r-cran-jsonlite.
#   Rscript invariance.R
suppressMessages({library(jsonlite); library(lavaan); library(semTools)})
model <- "V =~ V1+V2+V3+V4\nA =~ A1+A2+A3+A4+A5+A6\nW =~ W1+W2+W3+W4+W5+W6"
items <- c(paste0("V", 1:4), paste0("A", 1:6), paste0("W", 1:6))
pupils <- read.csv("syn_po16.csv")
pupils <- pupils[complete.cases(pupils[, items]), ]
measures <- c("npar", "chisq", "df", "chisq.scaled", "cfi", "tli", "rmsea", "srmr", "cfi.scaled", "tli.scaled",
              "rmsea.scaled")
steps <- list(configural = "", thresholds = "thresholds", loadings = c("thresholds", "loadings"),
              intercepts = c("thresholds", "loadings", "intercepts"))

fitted_steps <- function(answers, group) {
  answers <- as.data.frame(lapply(answers, ordered))
  answers$group <- factor(group)
  lapply(steps, function(equal) {
    syntax <- measEq.syntax(model, data = answers, ordered = items, parameterization = "delta", ID.fac = "std.lv",
                            ID.cat = "Wu.Estabrook.2016", group = "group", group.equal = equal, return.fit = FALSE)
    cfa(as.character(syntax), data = answers, ordered = items, group = "group", estimator = "WLSMV",
        parameterization = "delta")
  })
}
difference <- function(wide, narrow) {
  test <- lavTestLRT(wide, narrow, method = "satorra.2000")
  list(chi2 = test[["Chisq diff"]][2], df = test[["Df diff"]][2], p = test[["Pr(>Chisq)"]][2])
}
block <- function(answers, group, last = "loadings") {
  fits <- fitted_steps(answers, group)
  list(n = as.list(table(group)), fit = lapply(fits, function(fit) as.list(unclass(fitMeasures(fit, measures)))),
       difference = list(thresholds = difference(fits$configural, fits$thresholds),
                         loadings = difference(fits$thresholds, fits$loadings),
                         intercepts = difference(fits[[last]], fits$intercepts)))
}
answers <- pupils[, items]
three <- as.data.frame(lapply(answers, function(item) pmax(item, max(item) - 2)))   # the lowest together
mixed <- answers                                                                    # 2, 3, 4 and 5 options
mixed$V1 <- as.integer(answers$V1 >= 5); mixed$A1 <- as.integer(answers$A1 >= 4)
mixed$V2 <- three$V2; mixed$W1 <- three$W1
two <- as.data.frame(lapply(answers, function(item) as.integer(item >= max(item))))
versions <- list(R = R.version.string, lavaan = as.character(packageVersion("lavaan")),
                 semTools = as.character(packageVersion("semTools")))
result <- list(
  meta = list(source = "syn_po16.csv, complete rows over 16 items", license = "synthetic, CC0",
              script = "invariance.R", versions = versions,
              note = "with items of two options, intercepts is compared with thresholds"),
  gender = block(answers, pupils$gender),
  grade = block(answers, pupils$grade),
  three_options = block(three, pupils$gender),
  mixed_options = block(mixed, pupils$gender, last = "thresholds"),
  two_options = block(two, pupils$gender, last = "thresholds"))
write(toJSON(result, digits = NA, auto_unbox = TRUE, null = "null", na = "null", pretty = TRUE), "invariance.json")
