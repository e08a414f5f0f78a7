import { GalError } from "@gal-lang/runtime";
import { type AskError, instantiate, type Line, type Product, type Refusal, type Unit } from "./build/app.js";
import "../style.css";

const PRODUCTS: Product[] = [
  { name: "Bread", cents: 320, unit: "Piece", stock: 2 },
  { name: "Cheese", cents: 2, unit: "Gram", stock: 500 },
  { name: "Lemon", cents: 45, unit: "Piece", stock: 12 },
];
const PORTIONS: Record<Unit, { count: number; sign: string }> = { Piece: { count: 1, sign: "" }, Gram: { count: 100, sign: " g" } };

const app = await instantiate();
const cart = new app.Cart(PRODUCTS);

function part(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no element #${id}`);
  return element;
}

function button(label: string, title: string, press: () => Promise<void>): HTMLButtonElement {
  const button = document.createElement("button");
  button.textContent = label;
  button.title = title;
  button.addEventListener("click", press);
  return button;
}

const price = (cents: number) => (cents / 100).toFixed(2);
const amount = (count: number, unit: Unit) => `${count}${PORTIONS[unit].sign}`;

/** What the cart answers to what it does not take; another error is none of its. */
function textOf(error: unknown, { name, unit }: Product): string {
  if (!(error instanceof GalError)) throw error;
  const why = error.error as Refusal | AskError;
  if (why.tag === "SoldOut") return `${name}: ${amount(why.left, unit)} left`;
  if (why.tag === "Unknown") return `${name} is not sold here`;
  throw error;
}

async function put(product: Product): Promise<void> {
  let refusal = "";
  try {
    await cart.put(product.name, PORTIONS[product.unit].count);
  } catch (error) {
    refusal = textOf(error, product);
  }
  part("refusal").textContent = refusal;
  await show();
}

function row({ name, count, unit, cents }: Line): HTMLTableRowElement {
  const row = document.createElement("tr");
  for (const [i, text] of [name, amount(count, unit), price(cents)].entries()) {
    const cell = row.insertCell();
    cell.textContent = text;
    cell.classList.toggle("number", i > 0);
  }
  const remove = async () => {
    cart.remove(name);
    await show();
  };
  const action = row.insertCell();
  action.className = "action";
  action.append(button("×", `Remove ${name}`, remove));
  return row;
}

async function show(): Promise<void> {
  const lines = await cart.lines();
  part("lines").replaceChildren(...lines.map(row));
  part("total").textContent = price(app.total(lines));
}

for (const product of PRODUCTS) {
  const { name, unit } = product;
  const label = `${name}, ${amount(PORTIONS[unit].count, unit)}`;
  part("products").append(button(label, `Put ${name} into the cart`, () => put(product)));
}
await show();
