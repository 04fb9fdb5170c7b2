/**
 * Why a set-up step could not do its work, in the form that every error of the project has.
 * `minor`: the project runs without it; `machine`: the machine lacks it and set-up cannot mend that; `failure`: a step failed; `fatal`: nothing can run without it.
 * @typedef {'minor' | 'machine' | 'failure' | 'fatal'} ProblemKind
 */

export class SetupProblem extends Error {
  /**
   * @param {ProblemKind} kind
   * @param {string} code stable, documented in docs/reference/errors.md
   * @param {string} facts
   * @param {string} remedy a whole sentence
   */
  constructor(kind, code, facts, remedy) {
    super(facts);
    this.name = 'SetupProblem';
    this.kind = kind;
    this.code = code;
    this.remedy = remedy;
  }

  /** One line for people: `CODE: facts. Remedy.` */
  toLine() {
    const facts = this.message.endsWith('.') ? this.message : `${this.message}.`;
    return `${this.code}: ${facts} ${this.remedy}`;
  }
}
