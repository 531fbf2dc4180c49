import { type AstNode, pairsOf, startOf } from './ast.ts';
import type { Inference, Scene } from './inference.ts';
import { elementsOf, listOf, NOTHING, type Type, typeOf, unionOf } from './types.ts';

/** What `{ … }` yields: an object whose literal keys are known. */
export function inferObject(node: AstNode, scene: Scene, inference: Inference): Type {
  return objectOf(node, scene, inference, (value) => value);
}

/** What `path{ key: value }` yields: values are seen once for each key, so lists are expected there. */
export function inferGroup(node: AstNode, grouped: Type, scene: Scene, inference: Inference): Type {
  const context = elementsOf(grouped);
  return objectOf(node, { ...scene, context, guarded: true }, inference, (value) => ({ ...value, spread: null }));
}

/** What `[ … ]` yields. */
export function inferArray(node: AstNode, scene: Scene, inference: Inference): Type {
  const items = (node.expressions ?? []).map((item) => {
    const type = inference.infer(item, scene);
    // A list written out stays a list inside a list; what is found is put in one by one.
    return item.type === 'unary' && item.value === '[' ? type : elementsOf(type);
  });
  return listOf(unionOf([NOTHING, ...items]));
}

function objectOf(node: AstNode, scene: Scene, inference: Inference, kept: (value: Type) => Type): Type {
  const fields = new Map<string, Type>();
  const places = new Map<string, number>();
  const secrets: Type[] = [];
  let open = false;
  for (const [key, value] of pairsOf(node)) {
    inference.infer(key, scene);
    const type = kept(inference.infer(value, scene));
    secrets.push(type);
    if (key.type !== 'string') open = true;
    else fields.set(String(key.value), type);
    places.set(String(key.value), startOf(key, inference.text));
  }
  const { secret } = unionOf([NOTHING, ...secrets]);
  return { ...typeOf({ kind: 'object', fields, open, places }), secret };
}
