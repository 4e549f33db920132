// SPDX-License-Identifier: Apache-2.0
// Completion of filters from the store.
import { useMemo } from "react";
import type { TimeRange } from "~/base/range";
import { useTagNames, useTagValues } from "./hooks";

interface Source {
  readonly useKeys: () => { readonly options: readonly { readonly value: string; readonly hint: string }[]; readonly loading: boolean };
  readonly useValues: (key: string, wanted: boolean) => {
    readonly values: readonly { readonly type: string; readonly value: string }[];
    readonly loading: boolean;
  };
}

export function useFilterSource(range: TimeRange): Source {
  return useMemo(() => ({
    useKeys: () => {
      const tags = useTagNames(range);
      const options = (tags.data ?? []).flatMap((scope) => scope.tags.map((tag) => (scope.name === "intrinsic"
        ? { value: tag, hint: "intrinsic" } : { value: `${scope.name}.${tag}`, hint: scope.name })));
      return { options, loading: tags.isFetching };
    },
    useValues: (key, wanted) => {
      const values = useTagValues(key, range, wanted);
      return { values: values.data ?? [], loading: values.isFetching };
    },
  }), [range]);
}
