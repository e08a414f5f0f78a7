/** What `std.fetch` of GAL's library calls. */

interface Request {
  method: string;
  url: string;
  headers: Map<string, string>;
  body?: Uint8Array<ArrayBuffer>;
}

interface Answer {
  status: number;
  url: string;
  headers: Map<string, string>;
  body: Uint8Array;
}

export async function send({ method, url, headers, body }: Request): Promise<Answer> {
  try {
    const response = await fetch(url, { method, headers: [...headers], body });
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { status: response.status, url: response.url, headers: new Map(response.headers), body: bytes };
  } catch (error) {
    throw new Error(`${method} ${url}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Why a request failed: Node says that in the cause alone. */
function reasonOf(error: any): string {
  const why = error?.cause?.message || error?.cause?.code;
  return why ? `${error.message}: ${why}` : `${error?.message ?? error}`;
}
