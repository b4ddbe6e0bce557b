// A small shelf of emoji; the arrow keys walk on it.

const EMOJI = '😀 😄 😁 😂 🤣 😊 😍 😘 😎 🤔 😅 😉 🙂 😇 🥳 😢 😭 😡 😱 😴 🤗 🤝 👍 👎 👌 ✌️ 🤞 👏 🙌 🙏 💪 👋 ❤️ 💛 💚 💙 💯 🔥 ✨ 🎉 🎁 ⭐ ✅ ❌ ❓ ❗ ⏰ 📅 📍 📦 🚚 💳'.split(' ');
const COLUMNS = 9;

function makeShelf(pick) {
  const shelf = el('div', { class: 'shelf', role: 'group', 'aria-label': T.emoji, hidden: true });
  const buttons = EMOJI.map((each, number) => el('button', {
    type: 'button', tabindex: number ? '-1' : '0', onclick: () => pick(each),
  }, each));
  shelf.append(...buttons);
  shelf.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key];
    const here = buttons.indexOf(event.target);
    const next = buttons[here + step];
    if (!step || !next) return;
    event.preventDefault();
    buttons[here].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
  return shelf;
}
