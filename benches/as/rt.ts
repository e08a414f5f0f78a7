// What the AssemblyScript programs need of a system: output through WASI; and random numbers for input, the same in all
// languages.

@external("wasi_snapshot_preview1", "fd_write")
declare function fd_write(fd: i32, iovs: usize, count: i32, written: usize): i32;

@external("wasi_snapshot_preview1", "proc_exit")
declare function proc_exit(status: i32): void;

/** Prints a line. */
export function print(line: string): void {
  const bytes = String.UTF8.encode(line + "\n");
  const iov = new StaticArray<usize>(2);
  const written = new StaticArray<usize>(1);
  let at = changetype<usize>(bytes);
  let rest = <usize>bytes.byteLength;
  while (rest > 0) {
    iov[0] = at;
    iov[1] = rest;
    if (fd_write(1, changetype<usize>(iov), 1, changetype<usize>(written)) != 0 || written[0] == 0) proc_exit(1);
    at += written[0];
    rest -= written[0];
  }
}

/** A float as its whole part and nine digits, rounded to the nearest; for |x| below nine thousand million. */
export function fixed(x: f64): string {
  const scaled = <i64>(Math.abs(x) * 1e9 + 0.5);
  const fraction = (scaled % 1_000_000_000).toString().padStart(9, "0");
  return (x < 0 ? "-" : "") + (scaled / 1_000_000_000).toString() + "." + fraction;
}

export class Random {
  private state: i64 = 42;

  below(limit: i64): i64 {
    this.state = (this.state * 1_103_515_245 + 12_345) & 0x7FFF_FFFF;
    return (this.state >> 8) % limit;
  }
}
