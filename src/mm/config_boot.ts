/** Version switches of this part of the model, with their values in the newest version. */
export interface BootConfig {}

export const bootNewest: BootConfig = {};
