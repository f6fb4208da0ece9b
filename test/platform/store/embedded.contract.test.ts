import { storeContract } from '../../contracts/store.ts';
import { temporaryFolder } from '../../support/process.ts';
import { answering, testStore } from '../../support/stores.ts';

storeContract('the embedded store', async () => {
  const folder = temporaryFolder();
  const first = await answering(testStore({ folder: folder.path }));
  let newest = first;
  return {
    store: first,
    // One process at a time has the folder: another one begins when the one before has ended.
    async again(events) {
      if (events === undefined) return first;
      await first.close();
      newest = await answering(testStore({ folder: folder.path, retention: { events, rates: null, incidents: null } }));
      return newest;
    },
    async end() {
      await newest.close();
      folder.remove();
    },
  };
});
