import DataLoader from 'dataloader';

/** Loads the values of many keys at once, in the order of the keys. */
export type Batch<Key, Value> = (keys: readonly Key[]) => Promise<readonly (Value | Error)[]>;

/**
 * The DataLoaders of one request, or of one event of a subscription: what one caller may see is never remembered for
 * another, nor for that caller's next request.
 */
export class Loaders {
  private readonly byKey = new Map<unknown, unknown>();

  /**
   * The loader registered under `key`, made from `batch` when it is asked for the first time. A key belongs to one kind
   * of loader: use a symbol or a name that tells the feature and the type (`'platform/course'`).
   */
  get<Key, Value>(key: unknown, batch: Batch<Key, Value>): DataLoader<Key, Value> {
    const existing = this.byKey.get(key);
    if (existing !== undefined) return existing as DataLoader<Key, Value>;
    const loader = new DataLoader<Key, Value>(batch);
    this.byKey.set(key, loader);
    return loader;
  }
}

/** The loaders of the request that is being answered: `loaders(context).get('platform/course', batch).load(id)`. */
export function loaders(context: { readonly loaders: Loaders }): Loaders {
  return context.loaders;
}
