import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

const SAID_MS = 2000;

/** A text to be copied, with the button that does it. */
export function CopyText({ text, label }: { readonly text: string; readonly label: string }): JSX.Element {
  const [said, setSaid] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setSaid(""), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid("Copied");
    } catch {
      // Browsers lend the clipboard to pages of HTTPS and of this machine alone.
      setSaid("Select the text and copy it");
    }
  };
  return (
    <div class="copy">
      <pre tabIndex={0} role="region" aria-label={label}>
        {text}
      </pre>
      <button type="button" aria-label={`Copy ${label}`} onClick={() => void copy()}>
        Copy
      </button>
      <span role="status" class="said">
        {said}
      </span>
    </div>
  );
}
