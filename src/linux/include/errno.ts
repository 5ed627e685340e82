/** Error numbers of include/uapi/asm-generic/errno-base.h and errno.h that the model gives. */
export const ENOENT = 2;
export const EINTR = 4;
export const EIO = 5;
export const ENXIO = 6;
export const E2BIG = 7;
export const EAGAIN = 11;
export const ENOMEM = 12;
export const EBUSY = 16;
export const EEXIST = 17;
export const EINVAL = 22;
export const ETXTBSY = 26;
export const ENOSPC = 28;
export const ERANGE = 34;
export const ETIMEDOUT = 110;
export const ECANCELED = 125;
export const EHWPOISON = 133;
