/** What the program was given and has to give back. */
export const made = [];
export const make = () => {
  const value = { n: made.length };
  made.push(new WeakRef(value));
  return value;
};
const after = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
export const later = async (ms) => {
  await after(ms);
  return make();
};
export const fails = async (ms) => {
  await after(ms);
  throw make();
};
export const keys = () => new Map([[{ n: 0 }, 1], [{ n: 0 }, 2]]);
export const keyed = async () => [keys(), make()];
export const keyed_now = () => [keys(), make()];
export const show = () => {};
