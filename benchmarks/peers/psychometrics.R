# The same tasks in R, timed inside R: Rscript psychometrics.R TASK FILE ROWS COLUMNS
# FILE holds the answers as bytes, column after column; FILE.schools the school of each row as 32-bit integers.
suppressPackageStartupMessages({library(psych); library(lavaan); library(lme4)})
options(mc.cores = 2)
args <- commandArgs(TRUE); task <- args[1]; n <- as.integer(args[3]); p <- as.integer(args[4])
answers <- as.data.frame(matrix(readBin(args[2], "integer", n * p, size = 1), n, p))
names(answers) <- sprintf("I%02d", seq_len(p))
schools <- factor(readBin(paste0(args[2], ".schools"), "integer", n, size = 4))
per_factor <- p / 3
model <- paste(sapply(0:2, function(f) paste0("f", f, " =~ ", paste(names(answers)[f * per_factor + seq_len(per_factor)], collapse = " + "))), collapse = "\n")
run <- list(
  polychoric_psych = function() psych::polychoric(answers, progress = FALSE),
  polychoric_lavcor = function() lavCor(as.data.frame(lapply(answers, ordered)), ordered = names(answers)),
  cfa_lavaan = function() cfa(model, data = answers, ordered = names(answers), estimator = "WLSMV", std.lv = TRUE),
  icc_lmer = function() { y <- rowMeans(answers); lmer(y ~ 1 + (1 | schools)) }
)
start <- Sys.time(); invisible(suppressWarnings(run[[task]]())); cat(as.numeric(difftime(Sys.time(), start, units = "secs")), "\n")
