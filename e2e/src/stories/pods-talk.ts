import assert from 'node:assert/strict';
import { service, workload } from '../cluster/workload.ts';
import { defineStory } from './story.ts';

const namespace = 'pods-talk';

export const podsTalk = defineStory({
  name: 'pods-talk',
  title: "pods of both nodes reach one another by name, and see one another's own addresses",
  isWithoutTomte: true,
  async run({ cluster }) {
    await cluster.freshNamespace(namespace);
    await cluster.apply(
      workload({ namespace, name: 'server', command: ['go-service'], node: cluster.worker, port: 8080 }),
      service({ namespace, name: 'server', port: 80, targetPort: 8080 }),
      workload({ namespace, name: 'client', command: ['sleep', 'infinity'], node: cluster.controlPlane }),
    );
    await cluster.rolledOut(namespace, 'deployment/server');
    await cluster.rolledOut(namespace, 'deployment/client');

    const client = { namespace, pod: 'deployment/client' };
    assert.equal(
      await cluster.exec(client, 'curl', '-sf', '--retry', '5', '--retry-connrefused', 'http://server/short'),
      'go\n',
    );
    assert.equal(
      await cluster.exec(client, 'curl', '-sf', `http://server.${namespace}.svc.cluster.local/long`),
      'go\n',
    );
    const url = await cluster.urlOf(namespace, 'server');
    assert.equal(await (await fetch(`${url}/from-this-machine`)).text(), 'go\n');

    const lines = (await cluster.kubectl('logs', '-n', namespace, 'deployment/server')).trimEnd().split('\n');
    const requests = lines.map(
      (line) => JSON.parse(line) as { readonly path: string; readonly peer: string },
    );
    assert.deepEqual(
      requests.map(({ path }) => path),
      ['/short', '/long', '/from-this-machine'],
    );
    const [pod] = await cluster.pods(namespace, 'app=client');
    assert.equal(requests[0]?.peer, pod?.address);
    assert.equal(requests[1]?.peer, pod?.address);
    await cluster.deleteNamespace(namespace);
  },
});
