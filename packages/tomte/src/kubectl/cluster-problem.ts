/** Answers of the cluster itself, beside those of the API behind it, in the API's form. */
const known: Readonly<Record<number, { readonly code: string; readonly remedy: string }>> = {
  401: { code: 'TOMTE_CLUSTER_LOGIN', remedy: 'Log in again: `kubectl auth whoami` says who you are.' },
  403: {
    code: 'TOMTE_CLUSTER_FORBIDDEN',
    remedy:
      'Name a namespace with -n where you may see pods and have the role NAMESPACE-RELEASE-query of the chart; `kubectl auth can-i list requests.query.tomte.dev -n NAMESPACE` tells.',
  },
  404: {
    code: 'TOMTE_CLUSTER_LACKS_API',
    remedy: 'Install Tomte in this cluster, or choose another with --context.',
  },
  502: { code: 'TOMTE_KUBECTL_FAILED', remedy: 'Try `kubectl get --raw /version` with the same flags.' },
  503: {
    code: 'TOMTE_CLUSTER_API_AWAY',
    remedy: '`kubectl get apiservice v1alpha1.query.tomte.dev` says why.',
  },
};

const other = { code: 'TOMTE_CLUSTER_REFUSED', remedy: 'Read what the cluster says.' };

/** The API's own problems as they are; what the cluster says as one of ours. */
export function toProblem(status: number, text: string): string {
  const answer = parse(text);
  if (typeof answer['code'] === 'string') return text;
  const { code, remedy } = known[status] ?? other;
  const message = answer['message'];
  const detail = typeof message === 'string' ? message : text.trim().slice(0, 300);
  return JSON.stringify({
    type: `urn:tomte:error:${code}`,
    title: 'The cluster refused',
    status,
    detail,
    code,
    remedy,
  });
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return { ...Object(JSON.parse(text)) };
  } catch {
    return {};
  }
}
