// What the pages of people do better with a script than without one: dropping photos, and sentences that keep themselves up to date.
'use strict';

for (const drop of document.querySelectorAll('[data-drop]')) {
  const input = drop.querySelector('input[type=file]');
  const chosen = drop.querySelector('[data-chosen]');
  const show = () => chosen?.replaceChildren(...[...input.files].slice(0, 20).map(file => {
    const item = document.createElement('li');
    item.textContent = file.name;
    return item;
  }));
  drop.addEventListener('dragover', event => {
    event.preventDefault();
    drop.classList.add('over');
  });
  drop.addEventListener('dragleave', () => drop.classList.remove('over'));
  drop.addEventListener('drop', event => {
    event.preventDefault();
    drop.classList.remove('over');
    if (event.dataTransfer.files.length === 0) return;
    const all = new DataTransfer();
    for (const file of [...input.files, ...event.dataTransfer.files]) all.items.add(file);
    input.files = all.files;
    show();
  });
  input.addEventListener('change', show);
}

for (const form of document.querySelectorAll('form.enrol')) {
  form.addEventListener('submit', () => form.querySelector('[data-busy]')?.removeAttribute('hidden'));
}

for (const line of document.querySelectorAll('[data-refresh]')) {
  let isFirst = true;
  const look = async () => {
    try {
      const answer = await fetch(line.dataset.refresh, { credentials: 'same-origin', redirect: 'error' });
      if (!answer.ok) return;
      const text = await answer.text();
      const changed = line.textContent !== text;
      if (changed) line.textContent = text;
      if (answer.headers.get('X-Done') === '1') {
        if (line.dataset.then === 'reload' && (changed || !isFirst)) location.reload(); // the rest of the page is older than this line
        return;
      }
      isFirst = false;
    } catch {
      // The hub is away for a moment: asked again.
    }
    setTimeout(look, 2000);
  };
  look();
}

for (const button of document.querySelectorAll('[data-print]')) button.addEventListener('click', () => print());
