/** The code of an error that Node raised, such as `ENOENT`. Unlike its message it never quotes what was read. */
export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown reason";
}
