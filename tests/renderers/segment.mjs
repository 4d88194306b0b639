// Where node's ICU puts boundaries: [[language, text], …] on standard input → [{words: [offset, …], clusters: [offset, …]}, …].
import { readFileSync } from "node:fs";

const boundaries = (language, granularity, text) =>
  Array.from(new Intl.Segmenter(language, { granularity }).segment(text), (segment) => segment.index);

const texts = JSON.parse(readFileSync(0, "utf8"));
console.log(
  JSON.stringify(
    texts.map(([language, text]) => ({
      words: boundaries(language, "word", text),
      clusters: boundaries(language, "grapheme", text),
    })),
  ),
);
