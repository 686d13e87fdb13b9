import { ConsolePage } from './console-page';

const root = document.getElementById('page');
const notices = document.querySelector<HTMLMetaElement>('meta[name="notices"]');
if (root === null || notices === null) {
  throw new TypeError('The document has no #page, or does not name its notices: see index.html');
}
new ConsolePage(root, notices.content).start();
