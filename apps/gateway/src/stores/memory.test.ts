import { storeContract } from "@link-assistant/testkit/contracts";

import { createMemoryStore } from "./memory.ts";

storeContract("memory", async () => createMemoryStore());
