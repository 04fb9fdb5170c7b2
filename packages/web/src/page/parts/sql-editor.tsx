import { autocompletion, closeBrackets, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { sql, SQLDialect } from '@codemirror/lang-sql';
import { Compartment, EditorState } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { useEffect, useRef } from 'preact/hooks';
import type { Problem } from '../api/problem.ts';
import type { SqlSchema } from '../data/sql-schema.ts';
import { editorLook } from './editor-look.ts';

interface SqlEditorProps {
  /** What it begins with; another text needs another editor. */
  readonly text: string;
  readonly schema: SqlSchema;
  /** Of the question before: where it lies is told below the text. */
  readonly problem: Problem | undefined;
  readonly onChange: (text: string) => void;
  readonly onRun: (text: string) => void;
}

/** An editor in a shadow root: its style is an adopted sheet there, which the page's policy allows. */
export function SqlEditor({ text, schema, problem, onChange, onRun }: SqlEditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>();
  const language = useRef(new Compartment());
  const run = useRef(onRun);
  run.current = onRun;
  useEffect(() => {
    if (place.current === null) return undefined;
    const root = place.current.shadowRoot ?? place.current.attachShadow({ mode: 'open' });
    const runKey = {
      key: 'Mod-Enter',
      run: (editor: EditorView) => (run.current(editor.state.doc.toString()), true),
    };
    const state = EditorState.create({
      doc: text,
      extensions: [
        keymap.of([runKey, ...completionKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
        history(),
        closeBrackets(),
        autocompletion(),
        language.current.of(sqlOf(schema)),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': 'SQL' }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.doc.toString());
        }),
        replaceSelected,
        editorLook,
      ],
    });
    view.current = new EditorView({ state, parent: root, root });
    return () => {
      view.current?.destroy();
      root.replaceChildren();
    };
  }, []);
  useEffect(
    () => view.current?.dispatch({ effects: language.current.reconfigure(sqlOf(schema)) }),
    [JSON.stringify(Object.keys(schema))],
  );
  return (
    <>
      <div class="editor" ref={place} />
      {problem?.position !== undefined && (
        <p class="wrong">
          Line {problem.position.line}, column {problem.position.column}
        </p>
      )}
    </>
  );
}

/** What is typed over a selection: the browser itself would put its style inline, which the page's policy refuses. */
const replaceSelected = EditorView.domEventHandlers({
  beforeinput(event, editor) {
    const isOver =
      event.inputType === 'insertText' && !editor.state.selection.main.empty && !editor.composing;
    if (!isOver || event.data === null) return false;
    event.preventDefault();
    editor.dispatch(editor.state.replaceSelection(event.data), {
      userEvent: 'input.type',
      scrollIntoView: true,
    });
    return true;
  },
});

/** Words of ClickHouse's SELECT; names of columns such as `method` or `path` are none. */
const clickhouse = SQLDialect.define({
  keywords:
    'select distinct from prewhere where group by having order asc desc limit offset with as and or not in between like ilike is null ' +
    'union all except intersect join left right inner outer full cross asof any using on array final sample interval case when then ' +
    'else end settings format show tables describe table exists explain over partition rows range unbounded preceding following current row totals rollup cube fill nulls first last global',
  types:
    'UInt8 UInt16 UInt32 UInt64 Int8 Int16 Int32 Int64 Float32 Float64 String DateTime DateTime64 Date Bool UUID IPv4 IPv6 Array Map Nullable LowCardinality',
  builtin: 'true false',
  backslashEscapes: true,
  operatorChars: '*+-%<>!=&|~^/?',
  identifierQuotes: '`"',
});

function sqlOf(schema: SqlSchema) {
  const own = Object.fromEntries(Object.entries(schema).map(([table, columns]) => [table, [...columns]]));
  return sql({ dialect: clickhouse, schema: own, upperCaseKeywords: true });
}
