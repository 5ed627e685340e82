export interface Schedule { readonly x?: 1 }
