import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { Token } from "../api/answers.ts";
import { useTokens } from "../api/queries.ts";
import { EditToken } from "../tokens/edit-token.tsx";
import { ImportTokens } from "../tokens/import-tokens.tsx";
import { IssueToken } from "../tokens/issue-token.tsx";
import { RevokeToken } from "../tokens/revoke-token.tsx";
import { found, stateOf } from "../tokens/token-state.ts";
import { TokenTable } from "../tokens/token-table.tsx";
import { useNow } from "../ui/now.ts";
import { Page } from "../ui/page.tsx";
import { Empty, Loaded } from "../ui/states.tsx";

/** What is open above the table. */
type Opened = { readonly what: "issue" | "import" } | { readonly what: "edit" | "revoke"; readonly token: Token };

/** Rows of one page: each asks for what its token has used. */
const PAGE = 20;

/** The router tokens: who has which, and what is left of it. */
export function Tokens(): JSX.Element {
  const [opened, setOpened] = useState<Opened | null>(null);
  const asked = useTokens();
  const close = (): void => setOpened(null);
  const actions = (
    <div class="actions">
      <button type="button" onClick={() => setOpened({ what: "import" })}>
        Import
      </button>
      <button type="button" class="primary" onClick={() => setOpened({ what: "issue" })}>
        Issue a token
      </button>
    </div>
  );
  return (
    <Page title="Tokens" actions={actions}>
      <Loaded asked={asked}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty>No router tokens yet. Issue one for each program or person that uses the gateway.</Empty>
          ) : (
            <TokenList
              tokens={data}
              onEdit={(token) => setOpened({ what: "edit", token })}
              onRevoke={(token) => setOpened({ what: "revoke", token })}
            />
          )
        }
      </Loaded>
      {opened?.what === "issue" && <IssueToken onClose={close} />}
      {opened?.what === "import" && <ImportTokens onClose={close} />}
      {opened?.what === "edit" && <EditToken token={opened.token} onClose={close} />}
      {opened?.what === "revoke" && <RevokeToken token={opened.token} onClose={close} />}
    </Page>
  );
}

interface TokenListProps {
  readonly tokens: readonly Token[];
  readonly onEdit: (token: Token) => void;
  readonly onRevoke: (token: Token) => void;
}

function TokenList({ tokens, onEdit, onRevoke }: TokenListProps): JSX.Element {
  const [words, setWords] = useState("");
  const [onlyActive, setOnlyActive] = useState(true);
  const [page, setPage] = useState(0);
  const now = useNow();
  const all = found(tokens, words).filter((token) => !onlyActive || stateOf(token, now) === "active");
  const pages = Math.max(1, Math.ceil(all.length / PAGE));
  const shown = Math.min(page, pages - 1);
  return (
    <>
      <div class="filters">
        <label>
          Search
          <input
            type="search"
            value={words}
            placeholder="Label, id, account"
            onInput={({ currentTarget }) => setWords(currentTarget.value)}
          />
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={onlyActive}
            onChange={({ currentTarget }) => setOnlyActive(currentTarget.checked)}
          />
          Active only
        </label>
        <span role="status">
          {all.length} of {tokens.length}
        </span>
      </div>
      {all.length === 0 ? (
        <Empty>No token is like that.</Empty>
      ) : (
        <TokenTable
          tokens={all.slice(shown * PAGE, (shown + 1) * PAGE)}
          now={now}
          onEdit={onEdit}
          onRevoke={onRevoke}
        />
      )}
      {pages > 1 && (
        <nav aria-label="Pages of tokens" class="actions">
          <button type="button" disabled={shown === 0} onClick={() => setPage(shown - 1)}>
            Newer
          </button>
          <span>
            {shown + 1} of {pages}
          </span>
          <button type="button" disabled={shown === pages - 1} onClick={() => setPage(shown + 1)}>
            Older
          </button>
        </nav>
      )}
    </>
  );
}
