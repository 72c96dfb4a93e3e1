import { render } from "preact";
import * as z from "zod/mini";

import { App } from "./app.tsx";

// The page's policy forbids code that is made of text, which the schemas would try.
z.config({ jitless: true });

const root = document.getElementById("root");
if (root !== null) render(<App />, root);
