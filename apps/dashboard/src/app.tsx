import { QueryClientProvider } from "@tanstack/preact-query";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Link, Redirect, Route, Router, Switch, useLocation } from "wouter-preact";
import { useHashLocation } from "wouter-preact/use-hash-location";

import { createClient } from "./api/queries.ts";
import { Accounts } from "./pages/accounts.tsx";
import { Connect } from "./pages/connect.tsx";
import { ExchangePage } from "./pages/exchange.tsx";
import { Exchanges } from "./pages/exchanges.tsx";
import { Login } from "./pages/login.tsx";
import { Overview } from "./pages/overview.tsx";
import { Tokens } from "./pages/tokens.tsx";
import { adminKey, logOut, onSession } from "./session.ts";
import { Banners } from "./ui/banners.tsx";

const client = createClient();

/** The whole dashboard: the login, or the pages for who is logged in. */
export function App(): JSX.Element {
  const [key, setKey] = useState(adminKey);
  useEffect(
    () =>
      onSession(() => {
        // What one key was shown is not for the next.
        client.clear();
        setKey(adminKey());
      }),
    [],
  );
  return (
    <QueryClientProvider client={client}>
      {key === null ? (
        <Login />
      ) : (
        <Router hook={useHashLocation}>
          <Shell>
            <Pages />
          </Shell>
        </Router>
      )}
    </QueryClientProvider>
  );
}

const PAGES = [
  ["/overview", "Overview"],
  ["/accounts", "Accounts"],
  ["/tokens", "Tokens"],
  ["/exchanges", "Exchanges"],
  ["/connect", "Connect"],
] as const;

function Shell({ children }: { readonly children: ComponentChildren }): JSX.Element {
  const [at] = useLocation();
  return (
    <>
      <header class="top">
        <span class="brand">Link.Assistant.Router</span>
        <nav aria-label="Pages">
          {PAGES.map(([path, title]) => (
            <Link key={path} href={path} aria-current={at.startsWith(path) ? "page" : undefined}>
              {title}
            </Link>
          ))}
        </nav>
        <button type="button" class="quiet" onClick={logOut}>
          Log out
        </button>
      </header>
      <main>
        <Banners />
        {children}
      </main>
    </>
  );
}

function Pages(): JSX.Element {
  return (
    <Switch>
      <Route path="/overview/:period?">{({ period }) => <Overview periodId={period} />}</Route>
      <Route path="/accounts">
        <Accounts />
      </Route>
      <Route path="/tokens">
        <Tokens />
      </Route>
      <Route path="/exchanges">
        <Exchanges />
      </Route>
      <Route path="/exchanges/:id">{({ id }) => <ExchangePage id={id} />}</Route>
      <Route path="/connect">
        <Connect />
      </Route>
      <Route>
        <Redirect to="/overview" replace />
      </Route>
    </Switch>
  );
}
