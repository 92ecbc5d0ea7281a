/// The files that templates of plugins use, as scripts/plugin-templates makes them from share/.
package enum SharedFiles {}
