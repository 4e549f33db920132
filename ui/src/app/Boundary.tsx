// SPDX-License-Identifier: Apache-2.0
import { Component, type ReactNode } from "react";
import { Button } from "~/widgets/Button";
import { Failure } from "~/widgets/States";

interface Props {
  readonly children: ReactNode;
}

interface State {
  readonly error: Error | undefined;
}

// A bug in a view must not take the navigation with it.
export class Boundary extends Component<Props, State> {
  override state: State = { error: undefined };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    if (this.state.error === undefined) return this.props.children;
    return (
      <Failure title="This view has stopped" error={this.state.error.message}>
        <Button onClick={() => window.location.reload()}>Reload the page</Button>
      </Failure>
    );
  }
}
