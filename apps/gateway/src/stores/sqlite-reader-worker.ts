import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";

// Runs in a thread of its own: answers questions that may take longer than the event loop of the gateway may stand still.
const db = new DatabaseSync(String(workerData), { readOnly: true });

parentPort?.on("message", ({ id, text, values }: { id: number; text: string; values: (string | number | null)[] }) => {
  try {
    const named = Object.fromEntries(values.map((value, index) => [String(index + 1), value]));
    parentPort?.postMessage({ id, rows: db.prepare(text).all(named) }, []);
  } catch (error) {
    parentPort?.postMessage({ id, error }, []);
  }
});
