// The conversation: frames in, frames out, and what the page may ask of the chat.

const TYPING_MS = 6000;
const STILL_MS = 4000;
const ACTS = ['open', 'close', 'toggle', 'identify', 'reset', 'on'];

class Chat {
  constructor() {
    this.messages = new Map();
    this.listeners = {};
    this.waiting = new Set();
    this.link = new Link({
      state: (state) => this.changed(state),
      session: (told) => this.met(told),
      hello: (frame) => { this.seen(frame.seen); this.open(frame.open); },
      visitor: () => this.empty(),
      frame: (frame) => this.told(frame),
      live: (frame) => this.live(frame),
      form: (wrong) => this.ask(wrong),
      identity: (code) => this.tell('identity', { code }),
      taken: (id) => this.mark(this.own(id), 'sent'),
      failed: (id) => this.fail(this.own(id)),
      slow: () => this.brief(T.slow),
    });
    this.panel = new Panel({
      text: (text) => this.send({ kind: 'text', text }),
      files: (files) => this.attach(files),
      typing: () => this.typing(),
      opened: () => this.opened(),
      closed: () => { this.badge(); this.tell('closed'); },
    });
    this.contents = new Contents(this.link, (frame, content) => this.send(content, frame.id));
    document.addEventListener('visibilitychange', () => this.read());
    this.greet();
    if (memory.load().token || this.link.identity) this.link.start();
    if ('open' in SCRIPT.dataset) this.panel.open();
  }

  // What the page may do; see docs/channels/webchat.md.

  on(name, listener) {
    (this.listeners[name] = this.listeners[name] || []).push(listener);
  }

  tell(name, detail = {}) {
    for (const each of this.listeners[name] || []) each(detail);
    window.dispatchEvent(new CustomEvent(`relevochat:${name}`, { detail }));
  }

  identify(token) {
    this.link.identity = token;
    this.link.leave();
    this.link.start();
  }

  reset() {
    this.link.leave();
    this.link.identity = null;
    memory.clear();
    this.empty();
    this.panel.ungate();
    if (this.panel.isOpen) this.link.start();
  }

  opened() {
    if (this.link.state === 'idle') this.link.start();
    this.panel.label(0);
    this.read();
    this.tell('opened');
  }

  // The state of the connection.

  changed(state) {
    const texts = { connecting: T.connecting, refused: T.refused, expired: T.expired };
    if (texts[state]) this.panel.state.textContent = texts[state];
    else this.open(this.isOpen);
    this.panel.host.dataset.state = state;
    this.panel.say(state === 'lost' ? T.lost : state === 'refused' || state === 'expired' ? texts[state] : '');
    if (state === 'online' || state === 'polling') {
      this.panel.ungate();
      this.status();
    }
  }

  met(told) {
    this.seen(told.seen);
    this.open(told.open);
    for (const each of this.link.outbox) this.pend(each);
  }

  open(isOpen) {
    if (isOpen === undefined) return;
    this.isOpen = isOpen;
    this.panel.state.textContent = isOpen ? T.online : T.offline;
    this.panel.state.classList.toggle('away', !isOpen);
    if (!isOpen && !this.away) {
      this.away = el('p', { class: 'note away' }, words(CONFIG.offline, T.away));
      this.panel.log.append(this.away);
    } else if (isOpen && this.away) {
      this.away.remove();
      this.away = null;
    }
  }

  ask(wrong) {
    if (wrong) {
      if (this.form) this.form.complain(wrong);
      return;
    }
    this.form = makeForm(CONFIG.form, T.start, (response) => this.link.start(response));
    this.panel.gate(this.form);
  }

  // What came.

  told(frame) {
    const near = this.panel.isNearBottom();
    if (frame.type === 'message') this.put(frame);
    else if (frame.type === 'read') this.readUpTo(frame.up_to);
    else if (frame.type === 'edit') this.edit(frame);
    else if (frame.type === 'delete') this.remove(frame.to);
    else if (frame.type === 'reaction') this.react(frame);
    if (near) this.panel.bottom(true);
    this.badge();
    this.read();
  }

  live(frame) {
    if (frame.type === 'typing') this.shows(frame.on ? frame.name || words(CONFIG.agent, T.agent) : null);
    else if (frame.type === 'open') this.open(frame.open);
    else if (frame.type === 'seen') this.seen(frame.up_to);
  }

  put(frame) {
    const known = this.messages.get(frame.id);
    const mine = frame.from === 'visitor';
    if (known) known.row.remove();
    const row = this.row(frame, mine);
    const message = { frame, row, mine, cursor: frame.cursor };
    this.messages.set(frame.id, message);
    this.place(row, frame.cursor ? timeOf(frame.cursor) : new Date(), !frame.cursor);
    if (mine && frame.cursor) this.mark(message, 'sent');
    if (mine && frame.reply_to) this.chosen(frame);
    if (!mine) {
      this.shows(null);
      this.tell('message', { id: frame.id, text: gist(frame) });
    }
  }

  row(frame, mine) {
    const name = mine ? T.you : frame.name || words(CONFIG.agent);
    const when = frame.cursor ? timeOf(frame.cursor) : new Date();
    const bubble = el('div', { class: 'bubble' }, ...this.contents.show(frame).filter(Boolean));
    const meta = el('div', { class: 'meta' }, el('time', { datetime: when.toISOString() }, CLOCK.format(when)),
      mine ? el('span', { class: 'tick' }) : null);
    const label = el('span', { class: mine ? 'hidden' : 'name' }, mine ? `${name}: ` : name);
    return el('div', { class: `row ${mine ? 'mine' : 'theirs'}`, 'data-id': frame.id, 'data-name': name || '' }, name ? label : null, bubble, meta);
  }

  // Messages stand in the order of the log; what is not taken yet stands below them.
  place(row, when, last) {
    const { log } = this.panel;
    if (last) {
      log.append(row);
      row.classList.add('pending');
      return;
    }
    const day = dayOf(when);
    const below = log.querySelector('.pending') || this.away || null;
    if (day !== this.day) {
      this.day = day;
      log.insertBefore(el('p', { class: 'day' }, day), below);
    }
    log.insertBefore(row, below);
    const before = row.previousElementSibling;
    const same = before && before.className === row.className && before.dataset.name === row.dataset.name;
    row.classList.toggle('follows', Boolean(same || (before && before.classList.contains('follows') && before.dataset.name === row.dataset.name)));
  }

  own(id) {
    return this.messages.get(`${this.link.log}.${id}`);
  }

  mark(message, state) {
    if (!message || (message.state === 'read' && state !== 'read')) return;
    message.state = state;
    const tick = message.row.querySelector('.tick');
    tick.replaceChildren(icon({ pending: 'wait', sent: 'tick', read: 'ticks' }[state]), el('span', { class: 'hidden' }, T[state]));
    tick.dataset.state = state;
  }

  fail(message) {
    if (!message) return;
    message.row.classList.add('failed');
    const again = el('button', { type: 'button', class: 'again' }, T.again);
    again.onclick = () => {
      message.row.remove();
      this.send(message.frame.content, message.frame.reply_to);
    };
    message.row.querySelector('.meta').replaceChildren(el('span', { role: 'alert' }, T.failed), again);
  }

  readUpTo(id) {
    const last = this.messages.get(id);
    for (const each of this.messages.values()) {
      if (each.mine && each.cursor && (!last || each.cursor <= last.cursor)) this.mark(each, 'read');
    }
  }

  edit(frame) {
    const message = this.messages.get(frame.to);
    if (!message) return;
    const content = frame.content;
    const kept = message.frame.content;
    message.frame.content = content.caption ? { ...kept, caption: content.text, spans: content.spans } : { ...content, kind: 'edit' };
    const shown = this.contents.show(message.frame).filter(Boolean);
    message.row.querySelector('.bubble').replaceChildren(...shown, el('span', { class: 'note' }, T.edited));
  }

  remove(id) {
    const message = this.messages.get(id);
    if (message) message.row.querySelector('.bubble').replaceChildren(el('p', { class: 'note' }, T.deleted));
  }

  react(frame) {
    const message = this.messages.get(frame.to);
    if (!message) return;
    const old = message.row.querySelector('.reaction');
    if (old) old.remove();
    if (frame.emoji) message.row.querySelector('.bubble').append(el('span', { class: 'reaction' }, frame.emoji));
  }

  chosen(frame) {
    const asked = this.messages.get(frame.reply_to);
    if (!asked) return;
    const { content } = frame;
    for (const each of asked.row.querySelectorAll('[data-choice]')) {
      each.disabled = true;
      const picked = each.dataset.choice === (content.id || content.name || 'location');
      each.setAttribute('aria-pressed', String(picked));
    }
  }

  shows(who) {
    clearTimeout(this.typingEnds);
    const dots = who ? [el('span', { class: 'dots', 'aria-hidden': 'true' }, el('i'), el('i'), el('i')), el('span', {}, T.typing(who))] : [];
    this.panel.status.replaceChildren(...dots);
    if (who) this.typingEnds = setTimeout(() => this.shows(null), TYPING_MS);
  }

  greet() {
    const text = words(CONFIG.greeting, T.hello);
    const row = el('div', { class: 'row theirs greeting' }, el('div', { class: 'bubble' }, el('p', {}, ...linked(text))));
    this.panel.log.append(row);
  }

  empty() {
    this.messages.clear();
    this.day = null;
    this.away = null;
    this.panel.log.replaceChildren();
    this.greet();
    this.badge();
  }

  brief(text) {
    this.panel.say(text);
    setTimeout(() => this.panel.notice.textContent === text && this.panel.say(''), 5000);
  }

  // What goes.

  send(content, replyTo) {
    const frame = { type: 'message', id: draw(), at: Date.now() + (this.link.skew || 0), content };
    if (replyTo) frame.reply_to = replyTo;
    if (!this.paged) frame.page = { url: location.origin + location.pathname, title: document.title.slice(0, 300) };
    this.paged = true;
    this.still();
    if (this.link.log) this.pend(frame);
    this.link.send(frame);
    this.panel.bottom(true);
    this.tell('sent', { id: frame.id });
  }

  pend(frame) {
    const id = `${this.link.log}.${frame.id}`;
    if (this.messages.has(id)) return;
    this.put({ ...frame, id, from: 'visitor', content: frame.shown || frame.content });
    this.mark(this.messages.get(id), 'pending');
  }

  typing() {
    clearTimeout(this.stillTimer);
    this.stillTimer = setTimeout(() => this.still(), STILL_MS);
    if (this.typedAt && Date.now() - this.typedAt < STILL_MS) return;
    this.typedAt = Date.now();
    this.link.send({ type: 'typing', id: draw(), on: true, at: Date.now() + (this.link.skew || 0) });
  }

  still() {
    clearTimeout(this.stillTimer);
    if (!this.typedAt) return;
    this.typedAt = 0;
    this.link.send({ type: 'typing', id: draw(), on: false, at: Date.now() + (this.link.skew || 0) });
  }

  async attach(files) {
    for (const file of files) {
      if (file.size > CONFIG.uploadLimit) {
        this.brief(T.tooLarge(sizeOf(CONFIG.uploadLimit)));
        continue;
      }
      this.panel.host.dataset.uploading = '';
      this.panel.status.textContent = T.uploading;
      try {
        const stored = await this.link.upload(file);
        this.contents.files.set(stored.id, Promise.resolve(URL.createObjectURL(file)));
        this.send({ kind: 'file', file: stored.id });
      } catch (error) {
        const known = { type_refused: T.typeRefused, too_large: T.tooLarge(sizeOf(CONFIG.uploadLimit)), slow_down: T.slow };
        this.brief(known[error.message] || T.uploadFailed);
      }
      this.panel.status.textContent = '';
      delete this.panel.host.dataset.uploading;
    }
  }

  // What arrived and what was seen.

  theirs(after) {
    return [...this.messages.values()].filter((each) => !each.mine && each.cursor > (after || ''));
  }

  status() {
    clearTimeout(this.telling);
    this.telling = setTimeout(() => {
      const fresh = this.theirs(memory.load().delivered);
      if (fresh.length && this.report('delivered', fresh)) memory.save({ delivered: this.link.cursor });
    }, 200);
  }

  report(status, several) {
    const ids = several.slice(-200).map((each) => each.frame.id);
    const last = several[several.length - 1].cursor;
    return this.link.write({ type: 'status', status, ids, cursor: last, at: Date.now() + (this.link.skew || 0) });
  }

  read() {
    this.status();
    if (!this.panel.isOpen || document.visibilityState !== 'visible') return;
    const fresh = this.theirs(memory.load().read);
    if (!fresh.length || !this.report('read', fresh)) return;
    memory.save({ read: fresh[fresh.length - 1].cursor, delivered: this.link.cursor });
    this.badge();
  }

  seen(cursor) {
    if (cursor && cursor > (memory.load().read || '')) memory.save({ read: cursor });
    this.badge();
  }

  badge() {
    const count = this.panel.isOpen ? 0 : this.theirs(memory.load().read).length;
    this.panel.unread(count);
    if (count !== this.count) this.tell('unread', { count });
    this.count = count;
  }
}

function begin() {
  if (window.RelevoChat && window.RelevoChat.open) return; // the tag is on the page twice
  const chat = new Chat();
  const api = {};
  const panel = ['open', 'close', 'toggle'];
  for (const each of ACTS) {
    api[each] = panel.includes(each) ? () => chat.panel[each]() : (...given) => chat[each](...given);
  }
  window.RelevoChat = Object.freeze(api);
  chat.tell('ready');
}

if (document.body) begin();
else document.addEventListener('DOMContentLoaded', begin);
