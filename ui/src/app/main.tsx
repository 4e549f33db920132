// SPDX-License-Identifier: Apache-2.0
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiError } from "~/api/http";
import { applyTheme } from "~/widgets/theme";
import { App } from "./App";
import "./styles/index.css";

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // A refused query stays refused; an unreachable server gets a second chance.
      retry: (count, error) => count < 1 && !(error instanceof ApiError && error.status !== undefined && error.status < 500),
      retryDelay: 500,
      refetchOnWindowFocus: false,
    },
  },
});

applyTheme();
const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element #root");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
