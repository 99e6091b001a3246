// Reading aloud: a recording where somebody made one, else the browser's own voice. It reads what stands on the screen
// for everybody; which answer is chosen is never said.

const speech = window.speechSynthesis;
const SPOKEN = "h1, h2, p:not(.notice), .answer span, summary";

/** The best voice for a language: one on this device before one that asks a server. */
function voiceFor(language) {
  const voices = speech?.getVoices().filter(({ lang }) => lang.toLowerCase().startsWith(language)) ?? [];
  return voices.find(({ localService }) => localService) ?? voices[0];
}

const sentencesOf = (text) => text.match(/[^.!?:]+[.!?:]*/g)?.map((part) => part.trim()).filter(Boolean) ?? [];

/** Reads one screen at a time; `changed` is called when it starts and when it falls silent. */
class Reader {
  constructor(changed) {
    this.changed = changed;
    this.isReading = false;
  }

  canRead(language, recording) {
    return Boolean(recording || voiceFor(language));
  }

  read(screen, language, recording) {
    this.stop();
    this.isReading = true;
    this.changed();
    if (recording) this.play(recording);
    else this.speak(screen, language);
  }

  play(recording) {
    this.sound = new Audio(recording);
    this.sound.onended = this.sound.onerror = () => this.stop();
    this.sound.play().catch(() => this.stop());
  }

  /** Sentence by sentence: browsers cut off what takes longer than some seconds. */
  speak(screen, language) {
    const shown = [...screen.querySelectorAll(SPOKEN)].filter((part) => part.checkVisibility());
    const parts = shown.flatMap((part) => sentencesOf(part.textContent).map((sentence) => ({ part, sentence })));
    parts.forEach(({ part, sentence }, index) => {
      const words = new SpeechSynthesisUtterance(sentence);
      Object.assign(words, { lang: language, voice: voiceFor(language), rate: 0.9 });
      words.onstart = () => this.pointAt(part);
      if (index === parts.length - 1) words.onend = () => this.stop();
      speech.speak(words);
    });
  }

  pointAt(part) {
    this.part?.classList.remove("spoken");
    this.part = part;
    part?.classList.add("spoken");
  }

  stop() {
    speech?.cancel();
    this.sound?.pause();
    this.pointAt(null);
    if (!this.isReading) return;
    this.isReading = false;
    this.changed();
  }
}
