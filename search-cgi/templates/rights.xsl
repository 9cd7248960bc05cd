<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="account.xsl"/>

  <xsl:template name="title"><xsl:value-of select="t:t('Who may do what')"/></xsl:template>

  <xsl:template name="content">
    <h1><xsl:call-template name="title"/></h1>
    <p><xsl:value-of select="t:t('What does not stand here is denied. It is changed at the command line.')"/></p>
    <div class="scroll" tabindex="0" role="region" aria-label="{t:t('Table')}"><table>
      <thead><tr>
        <th scope="col"><xsl:value-of select="t:t('Role')"/></th>
        <th scope="col"><xsl:value-of select="t:t('Action')"/></th>
        <th scope="col"><xsl:value-of select="t:t('Series')"/></th>
        <th scope="col"><xsl:value-of select="t:t('Condition')"/></th>
      </tr></thead>
      <tbody>
        <xsl:for-each select="right">
          <tr>
            <td><xsl:call-template name="role-name"><xsl:with-param name="role" select="@role"/></xsl:call-template></td>
            <td><xsl:call-template name="action-name"/></td>
            <td><xsl:call-template name="series-name"><xsl:with-param name="series" select="@series"/></xsl:call-template></td>
            <td><xsl:call-template name="condition-name"/></td>
          </tr>
        </xsl:for-each>
      </tbody>
    </table></div>
    <h2><xsl:value-of select="t:t('Second factor at log-in')"/></h2>
    <div class="scroll" tabindex="0" role="region" aria-label="{t:t('Second factor at log-in')}"><table>
      <thead><tr>
        <th scope="col"><xsl:value-of select="t:t('Role')"/></th>
        <th scope="col"><xsl:value-of select="t:t('One-time codes')"/></th>
      </tr></thead>
      <tbody>
        <xsl:for-each select="rule">
          <tr>
            <td><xsl:call-template name="role-name"><xsl:with-param name="role" select="@role"/></xsl:call-template></td>
            <td><xsl:choose>
              <xsl:when test="@second-factor"><xsl:value-of select="t:t('required: who has none enrols at the first log-in')"/></xsl:when>
              <xsl:otherwise><xsl:value-of select="t:t('as each one likes')"/></xsl:otherwise>
            </xsl:choose></td>
          </tr>
        </xsl:for-each>
      </tbody>
    </table></div>
  </xsl:template>
</xsl:stylesheet>
