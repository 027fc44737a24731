import { incompleteBeta, upperGamma } from './special.ts';

/** P(Z > z) of the standard normal distribution, exact in the far tail. */
export function normalTail(z: number): number {
  if (z === 0) return 0.5;
  const half = upperGamma(0.5, (z * z) / 2) / 2;
  return z > 0 ? half : 1 - half;
}

/** P(Z <= z) of the standard normal distribution. */
export function normalCdf(z: number): number {
  return normalTail(-z);
}

/** The z below which the share p of a standard normal distribution lies: Wichura's AS 241 (PPND16), 0 < p < 1. */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * polynomial(CENTRE_A, r)) / polynomial(CENTRE_B, r);
  }
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const z =
    r <= 5
      ? polynomial(MIDDLE_C, r - 1.6) / polynomial(MIDDLE_D, r - 1.6)
      : polynomial(TAIL_E, r - 5) / polynomial(TAIL_F, r - 5);
  return q < 0 ? -z : z;
}

/** P(|T| > |t|) of Student's distribution with `freedom` degrees (any real number above nothing). */
export function studentTwoSided(t: number, freedom: number): number {
  if (!Number.isFinite(freedom)) return 2 * normalTail(Math.abs(t));
  return incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5);
}

/** The t > 0 with P(|T| <= t) = `inside`: half the width of an interval, in standard errors. */
export function studentWidth(inside: number, freedom: number): number {
  const outside = 1 - inside;
  const start = normalQuantile(1 - outside / 2);
  if (freedom > 1e9) return start;
  // Bisection over a bracket that surely holds it: the tail of one degree of freedom is the heaviest here.
  let low = start;
  let high = start * 2;
  while (studentTwoSided(high, freedom) > outside) high *= 2;
  for (let i = 0; i < 200 && high - low > 1e-14 * high; i++) {
    const middle = (low + high) / 2;
    if (studentTwoSided(middle, freedom) > outside) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(X > x) of the chi-squared distribution. */
export function chiSquaredTail(x: number, freedom: number): number {
  return upperGamma(freedom / 2, x / 2);
}

function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) sum = sum * x + coefficients[i]!;
  return sum;
}

// Wichura, Applied Statistics 37 (1988), 477-484, algorithm AS 241, table of PPND16.
const CENTRE_A = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
  67265.7709270087, 33430.57558358813, 2509.0809287301227,
];
const CENTRE_B = [
  1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
  28729.085735721943, 5226.495278852546,
];
const MIDDLE_C = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
  0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
];
const MIDDLE_D = [
  1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
  0.0005475938084995345, 1.0507500716444169e-9,
];
const TAIL_E = [
  6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
  0.0012426609473880784, 0.000027115555687434876, 2.0103343992922881e-7,
];
const TAIL_F = [
  1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
  0.000018463183175100548, 1.421511758316446e-7, 2.0442631033899397e-15,
];
