// The connection: a socket that resumes at a cursor, or polling where sockets do not get through.
// A message stays in the outbox until it is acknowledged, and is sent again after every loss; its
// id makes the second one nothing.

const PING_MS = 25000;
const SILENCE_MS = 40000;
const GREETING_MS = 8000;
const LONGEST_PAUSE_MS = 30000;
const SOCKET_TRIES = 2;
const POLLING_MS = 300000;

class Link {
  constructor(handlers) {
    this.on = handlers;
    this.cursor = '';
    this.state = 'idle';
    this.tries = 0;
    this.failedSockets = 0;
    this.outbox = memory.load().outbox || [];
    this.identity = SCRIPT.dataset.identity || null;
    addEventListener('online', () => this.wake());
    addEventListener('offline', () => this.socket && this.socket.close());
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.wake());
  }

  become(state) {
    if (this.state === state) return;
    this.state = state;
    this.on.state(state);
  }

  async ask(path, options = {}) {
    const headers = { ...(this.token ? { Authorization: `Bearer ${this.token}` } : {}), ...options.headers };
    return fetch(`${BASE}/${path}`, { ...options, headers, credentials: 'omit', mode: 'cors' });
  }

  // Begins a session: one window of the browser at a time, so that all have the same visitor.
  async start(form) {
    if (this.starting) return this.starting;
    const begin = () => this.begin(form);
    this.starting = navigator.locks ? navigator.locks.request(STORE, begin) : begin();
    try {
      return await this.starting;
    } finally {
      this.starting = null;
    }
  }

  async begin(form) {
    clearTimeout(this.timer);
    this.become('connecting');
    const kept = memory.load();
    let response;
    try {
      response = await fetch(`${BASE}/session`, {
        method: 'POST',
        credentials: 'omit',
        // As text, which needs no question beforehand: a refusal can be read and ends it.
        headers: { 'Content-Type': 'text/plain' },
        body: JSON.stringify({ token: kept.token, identity: this.identity, language: LANGUAGE, form }),
      });
    } catch {
      return this.later(form);
    }
    if (response.status === 403) return this.stop('refused');
    const told = await response.json().catch(() => ({}));
    if (response.status === 401) {
      if (told.code === 'identity_expired' || told.code === 'identity_required') this.on.identity(told.code);
      return this.stop('expired');
    }
    if (response.status === 422) return this.on.form(told.code.slice(5));
    if (!response.ok) return this.later(form, (told.retry_after || 0) * 1000);
    this.token = told.token;
    if (kept.log !== told.log) {
      memory.save({ token: told.token, log: told.log, read: '', delivered: '', outbox: kept.log ? [] : this.outbox });
      this.outbox = memory.kept.outbox || [];
      this.cursor = '';
      this.on.visitor(told.log);
    } else {
      memory.save({ token: told.token });
    }
    this.log = told.log;
    this.skew = told.time - Date.now();
    this.on.session(told);
    if (told.form) {
      this.become('form');
      this.on.form();
      return null;
    }
    this.connect();
    return null;
  }

  stop(state) {
    clearTimeout(this.timer);
    this.become(state);
  }

  later(form, least = 0) {
    this.become('lost');
    const pause = Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** this.tries) * (0.5 + Math.random() / 2);
    this.tries += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.token ? this.connect() : this.start(form)), Math.max(pause, least));
  }

  wake() {
    if (this.state === 'lost') {
      clearTimeout(this.timer);
      this.tries = 0;
      if (this.token) this.connect();
      else this.start();
    } else if (this.state === 'online') this.ping(5000);
  }

  connect() {
    if (this.socket || this.state === 'polling') return;
    if (this.failedSockets >= SOCKET_TRIES) {
      this.poll();
      return;
    }
    this.become(this.state === 'lost' ? 'lost' : 'connecting');
    const socket = new WebSocket(`${BASE.replace(/^http/, 'ws')}/socket`);
    this.socket = socket;
    this.greeted = false;
    const impatient = setTimeout(() => socket.close(), GREETING_MS);
    socket.onopen = () => socket.send(JSON.stringify({ token: this.token, after: this.cursor }));
    socket.onmessage = (event) => {
      this.heardAt = Date.now();
      this.heard(JSON.parse(event.data));
      if (this.greeted) clearTimeout(impatient);
    };
    socket.onclose = (event) => {
      clearTimeout(impatient);
      clearInterval(this.pinging);
      this.socket = null;
      this.closed(event.code);
    };
  }

  closed(code) {
    if (code === 4401) {
      this.token = null;
      this.start();
      return;
    }
    if (code === 4400) this.cursor = '';
    if (!this.greeted) this.failedSockets += 1;
    this.later();
  }

  heard(frame) {
    if (frame.type === 'hello') {
      this.greeted = true;
      this.failedSockets = 0;
      this.ready('online');
      this.pinging = setInterval(() => this.ping(SILENCE_MS - PING_MS), PING_MS);
      this.skew = frame.time - Date.now();
      this.on.hello(frame);
    } else if (frame.type === 'ack') this.taken(frame.id);
    else if (frame.type === 'error') this.refused(frame);
    else if (!frame.cursor) this.on.live(frame);
    else if (frame.cursor > this.cursor) {
      this.cursor = frame.cursor;
      this.on.frame(frame);
    }
  }

  ready(state) {
    this.tries = 0;
    this.become(state);
    for (const each of this.outbox) this.write(each);
  }

  ping(patience) {
    const socket = this.socket;
    if (!socket || socket.readyState !== WebSocket.OPEN) return;
    const asked = Date.now();
    socket.send('{"type":"ping"}');
    setTimeout(() => {
      // A dead connection says nothing for minutes; one that does not answer is given up.
      if (this.socket === socket && (this.heardAt || 0) < asked) {
        this.drop();
        this.closed(4000);
      }
    }, patience);
  }

  send(frame) {
    if (frame.type === 'message') {
      this.outbox.push(frame);
      memory.save({ outbox: this.outbox });
    }
    this.write(frame);
  }

  write(frame) {
    if (this.state === 'online' && this.socket && this.socket.readyState === WebSocket.OPEN) {
      this.socket.send(JSON.stringify(frame));
      return true;
    }
    if (this.state === 'polling' && frame.type !== 'typing') this.post(frame);
    return this.state === 'polling';
  }

  async post(frame) {
    try {
      const response = await this.ask('messages', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ frames: [frame] }),
      });
      if (response.ok) for (const each of (await response.json()).frames) this.heard(each);
    } catch {
      // The poll sees that, too, and what is in the outbox goes again.
    }
  }

  async poll() {
    const ends = Date.now() + POLLING_MS;
    let wait = 0;
    while (Date.now() < ends) {
      let response;
      try {
        response = await this.ask(`messages?wait=${wait}&after=${this.cursor}`);
      } catch {
        break;
      }
      if (response.status === 401) {
        this.token = null;
        this.become('connecting');
        this.start();
        return;
      }
      if (!response.ok) break;
      if (this.state !== 'polling') this.ready('polling');
      for (const each of (await response.json()).frames) this.heard(each);
      wait = 20;
    }
    this.failedSockets = Date.now() < ends ? SOCKET_TRIES : 0;
    this.become('lost');
    this.later();
  }

  taken(id) {
    this.outbox = this.outbox.filter((each) => each.id !== id);
    memory.save({ outbox: this.outbox });
    this.on.taken(id);
  }

  refused(frame) {
    const message = this.outbox.find((each) => each.id === frame.id);
    if (frame.code === 'form_required') {
      // Perhaps it was filled in by another window: a new session knows.
      this.drop();
      this.start();
      return;
    }
    if (!message) return;
    if (frame.retry_after) {
      if (frame.code === 'slow_down') this.on.slow();
      setTimeout(() => this.outbox.includes(message) && this.write(message), frame.retry_after * 1000);
      return;
    }
    this.outbox = this.outbox.filter((each) => each !== message);
    memory.save({ outbox: this.outbox });
    this.on.failed(frame.id);
  }

  drop() {
    clearInterval(this.pinging);
    if (!this.socket) return;
    this.socket.onclose = null;
    this.socket.onmessage = null;
    this.socket.close();
    this.socket = null;
  }

  // Another visitor from now on, or nobody.
  leave() {
    clearTimeout(this.timer);
    this.drop();
    this.token = null;
    this.log = null;
    this.cursor = '';
    this.outbox = [];
    this.become('idle');
  }

  async upload(file) {
    const response = await this.ask('files', {
      method: 'POST',
      headers: { 'Content-Type': file.type || 'application/octet-stream', 'X-File-Name': encodeURIComponent(file.name) },
      body: file,
    });
    const told = await response.json().catch(() => ({}));
    if (!response.ok) throw new Error(told.code || 'unavailable');
    return told;
  }

  async download(id) {
    const response = await this.ask(`files/${encodeURIComponent(id)}`);
    if (!response.ok) throw new Error('gone');
    return URL.createObjectURL(await response.blob());
  }
}
