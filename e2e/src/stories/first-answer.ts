import assert from 'node:assert/strict';
import { service, workload } from '../cluster/workload.ts';
import { defineStory } from './story.ts';

const namespace = 'first-answer';
const READY_GOAL_SECONDS = 60;

export const firstAnswer = defineStory({
  name: 'first-answer',
  title: 'after `helm install` the agents are ready within a minute, and a request says which pods spoke',
  timeoutMinutes: 8,
  async run({ cluster, figures, say, tomte: install }) {
    const tomte = await install();
    figures.installToReadySeconds = tomte.installToReadySeconds;
    say(`every agent ready after ${tomte.installToReadySeconds} s`);
    assert.ok(tomte.installToReadySeconds <= READY_GOAL_SECONDS, 'ready within a minute');

    await cluster.freshNamespace(namespace);
    await cluster.apply(
      workload({ namespace, name: 'server', command: ['go-service'], node: cluster.worker, port: 8080 }),
      service({ namespace, name: 'server', port: 80, targetPort: 8080 }),
      workload({ namespace, name: 'client', command: ['sleep', 'infinity'], node: cluster.controlPlane }),
    );
    await cluster.rolledOut(namespace, 'deployment/server');
    await cluster.rolledOut(namespace, 'deployment/client');
    const client = { namespace, pod: 'deployment/client' };
    await cluster.reaches(client, 'server 80');
    const startedMs = performance.now();
    await cluster.exec(client, 'curl', '-sf', 'http://server/first?nonce=1');

    const [serverPod] = await cluster.pods(namespace, 'app=server');
    const [clientPod] = await cluster.pods(namespace, 'app=client');
    const rows = await cluster.until(
      'row of the request',
      () => tomte.api.rows(`SELECT * FROM requests WHERE path = '/first' AND role = 'server'`),
      (found) => found.length === 1,
    );
    const seconds = (performance.now() - startedMs) / 1000;
    figures.installToFirstAnswerSeconds = Math.round((tomte.installToReadySeconds + seconds) * 10) / 10;
    say(`the first answer ${seconds.toFixed(1)} s after the request`);
    assert.equal(rows[0]?.['k8s_pod_name'], serverPod?.name);
    assert.equal(rows[0]?.['peer_k8s_pod_name'], clientPod?.name);
    await cluster.deleteNamespace(namespace);
  },
});
