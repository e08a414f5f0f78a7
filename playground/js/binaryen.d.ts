/** The package, which lies beside the other scripts. */
export { default } from "binaryen";
