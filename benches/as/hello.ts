// The smallest program that prints.

import { print } from "./rt";

print("hello");
