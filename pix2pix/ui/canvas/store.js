// @ts-check
// A key-value store in the browser (IndexedDB) that survives a reload and a closed browser. Where the browser
// forbids it, as some private windows do, nothing is kept and everything else works.

const NAME = "pix2pix-studio";
const STORE = "state";

/** @type {Promise<IDBDatabase | null> | null} */
let opened = null;

/** @returns {Promise<IDBDatabase | null>} */
function database() {
  opened ||= new Promise((done) => {
    try {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE);
      request.onsuccess = () => done(request.result);
      request.onerror = request.onblocked = () => done(null);
    } catch {
      done(null);
    }
  });
  return opened;
}

/**
 * Runs one transaction. Resolves with the request's result, undefined where there is no store or no room.
 * @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest | void} work
 * @returns {Promise<any>}
 */
async function transact(mode, work) {
  const db = await database();
  if (!db) return undefined;
  return new Promise((done) => {
    try {
      const transaction = db.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => done(request ? request.result : undefined);
      transaction.onerror = transaction.onabort = () => done(undefined);
    } catch {
      done(undefined);
    }
  });
}

/** @param {string} key @param {any} value anything that can be cloned */
export const put = (key, value) => transact("readwrite", (store) => store.put(value, key));

/** @param {string} key */
export const get = (key) => transact("readonly", (store) => store.get(key));

/** @param {string} key */
export const remove = (key) => transact("readwrite", (store) => store.delete(key));

/** @returns {Promise<string[]>} */
export const keys = async () => (await transact("readonly", (store) => store.getAllKeys())) || [];

export const clearAll = () => transact("readwrite", (store) => store.clear());
