let number, word;
export const use = (run, runText) => {
  number = run;
  word = runText;
};
export const again = (n) => number(n);
export const again_text = (text) => word(text);
