/**
 * Why a server could not listen, for people.
 *
 * @param where - such as `127.0.0.1:6789`
 * @param choose - how another address is chosen, such as `--bind HOST:PORT`
 */
export function listenFailure(
  error: Error,
  where: string,
  choose: string
): { readonly message: string; readonly suggestion: string } {
  const code = 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'EADDRINUSE':
      return {
        message: `port in use: something else listens on ${where}`,
        suggestion: `Stop it, or choose another port with ${choose}.`,
      };
    case 'EACCES':
      return {
        message: `no right to listen on ${where}`,
        suggestion: `Choose a port above 1023 with ${choose}.`,
      };
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return {
        message: `${where} is no address of this machine`,
        suggestion: `Use 127.0.0.1, or 0.0.0.0 for every address, with ${choose}.`,
      };
    default:
      return {
        message: `cannot listen on ${where}: ${error.message}`,
        suggestion: `Choose another address with ${choose}.`,
      };
  }
}
