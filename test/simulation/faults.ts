/** What can go wrong in a simulated life, each fault by its name. */
import {
  again,
  allUnsure,
  between,
  cut,
  during,
  type Fault,
  held,
  hostsIn,
  killedAtPoint,
  oneOf,
  refused,
  SECOND,
  seconds,
  slow,
  stepOf,
  unsureHost,
  wait,
} from './fault.ts';

export const FAULTS: readonly Fault[] = [
  {
    name: 'killed and started again',
    restarts: true,
    async run(scene) {
      const host = unsureHost(scene);
      host.kill();
      await again(scene, host);
    },
  },
  { name: 'killed between two awaits', restarts: true, run: killedAtPoint },
  {
    name: 'all killed and started again',
    restarts: true,
    async run(scene) {
      allUnsure(scene);
      scene.world.kill();
      await Promise.all(hostsIn(scene).map((host) => again(scene, host)));
    },
  },
  {
    name: 'drained and started again',
    restarts: true,
    async run(scene) {
      const host = oneOf(scene, hostsIn(scene));
      scene.tell(`${host.name} is drained`);
      await host.stop();
      await again(scene, host);
    },
  },
  {
    name: 'a process stands still',
    async run(scene) {
      const { process, name } = unsureHost(scene);
      if (!process) return;
      await during(
        scene,
        `${name} stands still`,
        between(scene, 300, 9 * SECOND),
        () => process.stop(),
        () => process.continue(),
      );
    },
  },
  {
    name: 'cut off from the event log',
    run: (scene) => {
      const host = unsureHost(scene, true);
      return cut(scene, `${host.name} is cut off from the event log`, host.log, 7 * SECOND);
    },
  },
  {
    name: 'the event log is slow',
    run: (scene) => {
      const hosts = scene.random() < 0.5 ? hostsIn(scene) : [oneOf(scene, hostsIn(scene))];
      for (const host of hosts) scene.unsure(host, true);
      return slow(
        scene,
        `the event log of ${hosts.map(({ name }) => name).join(', ')}`,
        hosts.map(({ log }) => log),
      );
    },
  },
  {
    name: 'answers of the event log are lost',
    async run(scene) {
      const host = unsureHost(scene);
      host.log.answersLost = 1 + Math.floor(6 * scene.random());
      scene.tell(`${host.log.answersLost} answers of the event log to ${host.name} are lost`);
      await wait(scene, 5 * SECOND);
      host.log.answersLost = 0;
    },
  },
  { name: 'events stand still', run: (scene) => held(scene, scene.world.topics.events) },
  { name: 'counts stand still', run: (scene) => held(scene, scene.world.topics.counts) },
  { name: 'signals stand still', run: (scene) => held(scene, scene.world.topics.signals) },
  { name: 'incidents stand still', run: (scene) => held(scene, scene.world.topics.incidents) },
  {
    name: 'what is remembered stands still',
    run: (scene) => held(scene, oneOf(scene, [scene.world.topics.checkpoints, scene.world.topics.state, scene.world.topics.config])),
  },
  {
    name: 'appends are refused',
    run: (scene) => refused(scene, oneOf(scene, Object.values(scene.world.topics))),
  },
  {
    name: "a machine's clock steps",
    wrongsClocks: true,
    async run(scene) {
      const { machine, name } = oneOf(scene, hostsIn(scene));
      machine.wrongMs += stepOf(scene);
      scene.tell(`the clock of ${name} is off by ${machine.wrongMs} ms`);
    },
  },
  {
    name: "a machine's clock steps and it starts again",
    wrongsClocks: true,
    restarts: true,
    async run(scene) {
      const host = unsureHost(scene);
      host.machine.wrongMs += stepOf(scene);
      scene.tell(`the clock of ${host.name} is off by ${host.machine.wrongMs} ms`);
      await wait(scene, between(scene, 0, 3 * SECOND));
      host.kill();
      await again(scene, host);
    },
  },
  {
    name: 'a broker with a wrong clock leads',
    wrongsClocks: true,
    async run(scene) {
      const { disk, topics } = scene.world;
      const topic = oneOf(scene, Object.values(topics));
      const partition = Math.floor(topic.partitions * scene.random());
      const wrongMs = Math.round(between(scene, -300, 300) * SECOND);
      const what = `${topic.name}/${partition} is led by a broker that is ${seconds(wrongMs)} ahead`;
      const begin = (): void => disk.lead(topic, partition, wrongMs);
      await during(scene, what, between(scene, SECOND, 10 * SECOND), begin, () => disk.lead(topic, partition, 0));
    },
  },
  {
    name: 'the mail server is away',
    run: (scene) => {
      const { postOffice } = scene.world;
      const away = (isAway: boolean) => (): void => {
        postOffice.isAway = isAway;
      };
      return during(scene, 'the mail server is away', between(scene, SECOND, 9 * SECOND), away(true), away(false));
    },
  },
  {
    name: 'cut off from the mail server',
    run: (scene) => {
      const host = unsureHost(scene);
      return cut(scene, `${host.name} is cut off from the mail server`, host.mail, 8 * SECOND);
    },
  },
  {
    name: 'the mail server is slow',
    run: (scene) => {
      allUnsure(scene);
      const mails = hostsIn(scene).map(({ mail }) => mail);
      const slowMs = between(scene, 200, 3 * SECOND);
      const say = `the mail server takes up to ${seconds(slowMs)} more each way`;
      const each = (ms: number) => (): void => {
        for (const mail of mails) mail.slowMs = ms;
      };
      return during(scene, say, between(scene, 5 * SECOND, 15 * SECOND), each(slowMs), each(0));
    },
  },
  {
    name: 'an answer of the mail server is lost',
    async run(scene) {
      const host = unsureHost(scene);
      host.mail.answersLost = 1;
      scene.tell(`the next answer of the mail server to ${host.name} is lost`);
      await wait(scene, 10 * SECOND);
      host.mail.answersLost = 0;
    },
  },
  { name: 'all apps are cut off', run: (scene) => cut(scene, 'all apps are cut off', scene.shop.weather, 2.5 * SECOND) },
  { name: 'the way from the apps is slow', run: (scene) => slow(scene, 'the way from the apps', [scene.shop.weather]) },
  {
    name: 'answers of the gateways are lost',
    async run(scene) {
      // One batch is under way an app: with as many as there are apps, all of them would fall silent.
      scene.shop.weather.answersLost = 1 + Math.floor(2 * scene.random());
      scene.tell(`${scene.shop.weather.answersLost} answers of gateways are lost`);
      await wait(scene, 5 * SECOND);
      scene.shop.weather.answersLost = 0;
    },
  },
  {
    name: 'batches come twice',
    run: (scene) => {
      const { world } = scene;
      const share = (repeated: number) => (): void => {
        world.repeated = repeated;
      };
      return during(scene, 'every other batch comes twice', between(scene, SECOND, 10 * SECOND), share(0.5), share(0));
    },
  },
  {
    name: "an app's clock steps",
    async run(scene) {
      const apps = scene.random() < 0.5 ? scene.shop.apps : [oneOf(scene, scene.shop.apps)];
      const step = stepOf(scene);
      for (const { machine } of apps) machine.wrongMs += step;
      scene.tell(`the clocks of ${apps.length} apps step by ${step} ms`);
    },
  },
  {
    name: 'an app stands still',
    run: (scene) => {
      const { process, machine } = oneOf(scene, scene.shop.apps);
      return during(
        scene,
        `${machine.name} stands still`,
        between(scene, 300, 4 * SECOND),
        () => process.stop(),
        () => process.continue(),
      );
    },
  },
];
