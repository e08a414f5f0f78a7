let run;
export const use = (given) => {
  run = given;
};
export const call_now = (n) => run(n);
export const call_text = (text) => run(text);
