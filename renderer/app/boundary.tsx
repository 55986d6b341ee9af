import { TriangleAlert } from 'lucide-react';
import { Component, type ReactNode } from 'react';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';

interface BoundaryProps {
  /** What stands here: "The timeline". */
  readonly name: string;
  readonly children: ReactNode;
}

/** Keeps a fault of one part of the window from taking the others along. */
export class Boundary extends Component<BoundaryProps, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    const again = (
      <Button
        onClick={() => {
          this.setState({ failed: false });
        }}
      >
        Try again
      </Button>
    );
    return (
      <EmptyState icon={TriangleAlert} title={`${this.props.name} stopped working`} actions={again}>
        Your work is safe. If it happens again, copy the diagnostics from the Help menu.
      </EmptyState>
    );
  }
}
