/** How many leases of one unit may end with their worker before its inputs are suspected. */

/** The lease from which on the inputs of a unit are run alone, to find the one that ends its workers. */
export const claimsUntilAlone = 4

/** The lease from which on the input that was run alone when its worker ended is not tried again. */
export const claimsUntilPoison = 6
