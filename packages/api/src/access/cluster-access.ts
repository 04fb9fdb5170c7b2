/** Who asks, as a cluster knows them. */
export interface Asker {
  readonly name: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** What someone may read, by what they may do with pods. */
export interface PodAccess {
  /** Where they may get pods; `all` for those who may list pods in all namespaces. */
  readonly namespaces: 'all' | readonly string[];
  /** Where they may read pods' logs. */
  readonly logsOf: 'all' | readonly string[];
  /** There were more namespaces than could be asked about. */
  readonly isCut: boolean;
}

/** What the API needs of a cluster. All of it rejects with an AppError when the cluster cannot be asked. */
export interface ClusterAccess {
  /** Undefined when the token is nobody's. */
  identify(token: string): Promise<Asker | undefined>;
  podAccess(asker: Asker): Promise<PodAccess>;
  /** Whether they may get a path that is no resource. */
  mayGetPath(asker: Asker, path: string): Promise<boolean>;
}
