import { html, nothing, type TemplateResult } from 'lit-html';
import type { RunAnswer } from '../answers/answers';
import { clockText } from './times';
import { countOf } from './wording';

/** The local run: its functions, what waits for them, dead letters. */
export function runSection(run: RunAnswer | string | undefined): TemplateResult | typeof nothing {
  if (run === undefined) return nothing;
  return html`<section class="run" aria-labelledby="run-heading">
    <h2 id="run-heading">Local run</h2>
    ${typeof run === 'string' ? html`<p class="is-bad">${run}</p>` : state(run)}
  </section>`;
}

function state(run: RunAnswer): TemplateResult {
  return html`<div class="run-columns">
    ${functionTable(run)}
    <dl class="waiting">
      ${run.topics.map(
        ({ topic, waiting }) =>
          html`<div>
            <dt>${topic}</dt>
            <dd>${countOf(waiting, 'record')} waiting</dd>
          </div>`,
      )}
      <div class=${run.deadLetters > 0 ? 'is-bad' : ''}>
        <dt>Dead letters</dt>
        <dd>${run.deadLetters.toLocaleString('en-US')}</dd>
      </div>
    </dl>
  </div>`;
}

function functionTable({ functions }: RunAnswer): TemplateResult {
  return html`<div class="table-frame is-plain" tabindex="0" role="region" aria-label="Functions">
    <table>
      <caption class="unseen">
        Functions
      </caption>
      <thead>
        <tr>
          <th scope="col">Function</th>
          <th scope="col" class="number">Invocations</th>
          <th scope="col" class="number">Failures</th>
          <th scope="col" class="number">Last, UTC</th>
        </tr>
      </thead>
      <tbody>
        ${functions.map(
          ({ name, invocations, failures, lastAt }) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td class="number">${invocations.toLocaleString('en-US')}</td>
              <td class="number ${failures > 0 ? 'is-bad' : ''}">
                ${failures.toLocaleString('en-US')}
              </td>
              <td class="number">${lastAt === null ? '–' : clockText(Date.parse(lastAt))}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
