export const plus = (a, b) => a + b;
export const greeting = (name) => `Hello ${name}`;
export const refuse = (n) => {
  throw new Error(`refused ${n}`);
};
export const refuse_text = () => {
  throw "a text";
};
export const may_refuse = (n) => (n > 0 ? n : refuse(n));
export const may_throw = (n) => {
  if (n > 0) return n;
  throw { code: 42 };
};
export const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms, `after ${ms}`));
export const never_well = async (n) => (n > 0 ? n : refuse(n));
export const each = (items, f) => items.map((item) => f(item));
const nothing = () => Object.assign(Object.create(null), { message: "x" });
export const strange = () => {
  throw nothing();
};
export const strange_later = async () => {
  throw nothing();
};
export const slow = (ms) => new Promise((resolve) => setTimeout(resolve, ms, {}));
export let call;
export const call_back = (f) => {
  call = f;
};
