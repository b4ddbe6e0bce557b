// What this browser remembers: the session, how far all was seen, and messages not yet taken.

const STORE = `relevo.webchat.${BASE}`;

const memory = {
  kept: {},
  load() {
    try {
      this.kept = JSON.parse(localStorage.getItem(STORE)) || {};
    } catch {
      // Without storage the chat lives as long as the page.
    }
    return this.kept;
  },
  save(changes) {
    Object.assign(this.load(), changes);
    try {
      localStorage.setItem(STORE, JSON.stringify(this.kept));
    } catch {
      // See above.
    }
  },
  clear() {
    this.kept = {};
    try {
      localStorage.removeItem(STORE);
    } catch {
      // See above.
    }
  },
};

function draw() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (each) => each.toString(16).padStart(2, '0')).join('');
}
