import type { Range } from '../state/range.tsx';

/** Conditions that the views of requests take: of a service, or of one path of it. */
export interface Subject {
  readonly service_name: string;
  readonly k8s_namespace_name?: string | undefined;
  readonly method?: string | undefined;
  readonly path?: string | undefined;
}

/** Of a part of a service's screen. */
export interface SubjectProps {
  readonly range: Range;
  readonly subject: Subject;
}
