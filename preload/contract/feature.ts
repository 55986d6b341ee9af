import type { z } from 'zod';

/**
 * One call of a feature: what it takes, checked at run time in the main process, and what it gives, checked by the
 * compiler (the main process is trusted).
 */
export interface Call<Input extends z.ZodType, Output> {
  readonly input: Input;
  /** Exists for the type checker alone. */
  readonly output?: Output;
}

/** `call(z.object({...})).gives<Output>()` */
export const call = <Input extends z.ZodType>(input: Input) => ({
  // Not inferred from what `satisfies Feature` expects, which is anything.
  gives: <Output = void>(): Call<Input, NoInfer<Output>> => ({ input }),
});

/** Exists for the type checker alone: what subscribers of an event are told. */
export interface Event<Payload> {
  readonly payload?: Payload;
}

export const event = <Payload>(): Event<Payload> => ({});

export interface Feature {
  readonly calls: Readonly<Record<string, Call<z.ZodType, unknown>>>;
  readonly events: Readonly<Record<string, Event<unknown>>>;
}

type OutputOf<C> = C extends Call<z.ZodType, infer Output> ? Output : never;
type InputOf<C> = C extends Call<infer Input, unknown> ? Input : never;
export type PayloadOf<E> = E extends Event<infer Payload> ? Payload : never;

/** What the main process implements for a feature: one function a call, no more and no fewer. */
export type Handlers<F extends Feature> = {
  readonly [C in keyof F['calls']]: (
    input: z.output<InputOf<F['calls'][C]>>,
    context: CallContext,
  ) => OutputOf<F['calls'][C]> | Promise<OutputOf<F['calls'][C]>>;
};

/** What a handler knows besides its input. */
export interface CallContext {
  /** Paths of the files that the user dropped or chose in the page, in order. */
  readonly files: readonly string[];
  /** Which window asks. */
  readonly window: number;
}

/** How the main process tells the windows about a feature's events. */
export type Announce<F extends Feature> = <E extends keyof F['events'] & string>(
  name: E,
  payload: PayloadOf<F['events'][E]>,
) => void;

/** What the page calls: one function a call, and `on` for events; subscribing gives back how to end it. */
export type Client<F extends Feature> = {
  readonly [C in keyof F['calls']]: (
    ...args: undefined extends z.input<InputOf<F['calls'][C]>>
      ? [input?: z.input<InputOf<F['calls'][C]>>, files?: readonly File[]]
      : [input: z.input<InputOf<F['calls'][C]>>, files?: readonly File[]]
  ) => Promise<OutputOf<F['calls'][C]>>;
} & {
  readonly on: <E extends keyof F['events'] & string>(
    name: E,
    listener: (payload: PayloadOf<F['events'][E]>) => void,
  ) => () => void;
};
