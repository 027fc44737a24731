type Definition = Record<string, unknown>;
type Define = (definition: Definition) => unknown;

/** The functions by which a mini-program defines its screens. */
export interface Globals {
  Page?: Define;
  Component?: Define;
}

type Tell = (route: string, query: Record<string, unknown>) => void;

interface Screen {
  route?: string;
  is?: string;
  options?: Record<string, unknown>;
}

/**
 * Tells a screen whenever one is shown, by wrapping `Page`, and `Component` where it defines a screen (one that has
 * onLoad or onShow among its methods). Their own handlers run as before.
 */
export function followScreens(globals: Globals, tell: Tell): void {
  const { Page, Component } = globals;
  if (Page) globals.Page = (definition) => Page(withShown(definition, tell));
  if (Component)
    globals.Component = (definition) => {
      const methods = definition.methods as Definition | undefined;
      const isScreen = methods && ('onLoad' in methods || 'onShow' in methods);
      return Component(isScreen ? { ...definition, methods: withShown(methods, tell) } : definition);
    };
}

/** A screen's definition that tells when it is shown. */
export function withShown<D extends Definition>(definition: D, tell: Tell): D {
  const own = definition.onShow as ((...args: unknown[]) => unknown) | undefined;
  return {
    ...definition,
    onShow(this: Screen, ...args: unknown[]) {
      tell(this.route ?? this.is ?? '', this.options ?? {});
      return own?.apply(this, args);
    },
  };
}
